obj-clang/common/msg.o: common/msg.c common/addr.h common/msg.h

common/addr.h:

common/msg.h:
