int harvest(int children); /* waits for so many; how many of them failed */
