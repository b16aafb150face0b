obj-clang/common/caps.o: common/caps.c common/sandbox.h

common/sandbox.h:
