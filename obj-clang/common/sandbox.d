obj-clang/common/sandbox.o: common/sandbox.c common/sandbox.h

common/sandbox.h:
