#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {htonl(0x08080808)}};
    int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (sendto(udp, "leak", 4, 0, (struct sockaddr *)&there, sizeof there) == 4)
        puts("sent");
    connect(tcp, (struct sockaddr *)&there, sizeof there);
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/notify"};
    if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&local, sizeof local) == 0)
        puts("connected");
    memcpy(local.sun_path, "\0mailbox", 9);
    int box = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(box, (struct sockaddr *)&local, sizeof local);
    listen(box, 1);
    return 0;
}
