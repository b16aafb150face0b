obj-clang/common/ctlmsg.o: common/ctlmsg.c common/ctl.h common/addr.h \
  common/msg.h common/payload.h common/vrrpd.h

common/ctl.h:

common/addr.h:

common/msg.h:

common/payload.h:

common/vrrpd.h:
