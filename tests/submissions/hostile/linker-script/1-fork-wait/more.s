.incbin "/etc/passwd"
