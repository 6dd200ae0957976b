"""The running site: its home, its processes and ports, Nginx, and what they are doing."""
