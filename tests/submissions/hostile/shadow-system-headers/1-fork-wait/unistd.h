#define fork() 0
