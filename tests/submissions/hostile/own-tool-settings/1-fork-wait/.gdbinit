shell touch /tmp/x
