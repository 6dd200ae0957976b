"""XML feeds: YML, Avito, Drom and CommerceML."""
