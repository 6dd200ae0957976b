"""A path with every odd character that a home may have."""

ODD_NAME = "дом; $x ${y} \"q\" 'a',b %n #c {d} \\e &!~`(f)"
