/* read_only VALUE: memory attached with SHM_RDONLY ends the process that writes to it.
 * The page to this exercise: assignment/5-read-only */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 24601
static int read_only(int value)
{
	int shmid, status;
	int *p;
	int *q;
	pid_t pid;

	shmid = shmget(KEY, sizeof(int), IPC_CREAT|0666);
	if(shmid==-1)
	{
		perror("shmget");
		return 1;
	}
	p = shmat(shmid, NULL, 0);
	if(p==(int*)-1)
	{
		perror("shmat");
		shmctl(shmid, IPC_RMID, NULL);
		return 1;
	}
	*p = value;
	pid = fork();
	if(pid==-1)
	{
		perror("fork");
		shmctl(shmid, IPC_RMID, NULL);
		return 1;
	}
	if(pid==0)
	{
		shmdt(p);
		shmid = shmget(KEY, sizeof(int), 0400);
		if(shmid==-1)
		{
			perror("shmget");
			_exit(1);
		}
		q = shmat(shmid, NULL, SHM_RDONLY);
		if(q==(int*)-1)
		{
			perror("shmat");
			_exit(1);
		}
		printf("child: %d\n", *q);
		fflush(stdout);
		*q = 99;	// should crash here
		_exit(0);
	}
	if(wait(&status)==-1)
	{
		perror("wait");
		shmctl(shmid, IPC_RMID, NULL);
		return 1;
	}
	if(!WIFSIGNALED(status))
	{
		fprintf(stderr,"child did not crash\n");
		shmctl(shmid, IPC_RMID, NULL);
		return 1;
	}
	printf("child killed by signal %d\n", WTERMSIG(status));
	printf("parent: %d\n", *p);
	shmdt(p);
	shmctl(shmid, IPC_RMID, NULL);
	return 0;
}

/* ---- Given: from here on nothing is left to write. --------------------------------------- */

/* Reads a decimal int: "12" and "-7", but not "", "7x", " 7" or a number that does not fit. */
static bool read_int(const char *text, int *number)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;

    errno = 0;
    long value = strtol(text, NULL, 10);
    if (errno != 0 || value < INT_MIN || value > INT_MAX)
        return false;

    *number = (int)value;
    return true;
}

int main(int argc, char *argv[])
{
    int value;

    if (argc != 2 || !read_int(argv[1], &value)) {
        fputs("usage: read_only VALUE (a decimal number that fits in an int)\n", stderr);
        return 2;
    }
    return read_only(value);
}
