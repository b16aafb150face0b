obj-clang/checker/procev.o: checker/procev.c checker/procev.h

checker/procev.h:
