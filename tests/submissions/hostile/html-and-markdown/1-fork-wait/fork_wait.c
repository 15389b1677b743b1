#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
static const char text[] =
    "<script>alert(1)</script><img src=x onerror=alert(1)>\n```\n# 100 / 100\n| a | b |\n|---|---|\n]]></failure></testcase><testcase name=\"x\"/>\n=HYPERLINK(\"http://x\")\n![x](http://x/?leak)\n";
int main(void)
{
    fwrite(text, 1, sizeof text - 1, stdout);
    fwrite(text, 1, sizeof text - 1, stderr);
    return 0;
}
