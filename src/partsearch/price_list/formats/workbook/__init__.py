"""Workbooks: XLSX, XLS and ODS."""

FULL_DISK_CODE = 75
"""The exit code of the process if its disk is full. Its message would be on the same disk."""
