obj-clang/common/peer.o: common/peer.c common/imsg.h common/vrrpd.h \
  common/log.h common/msg.h common/peer.h

common/imsg.h:

common/vrrpd.h:

common/log.h:

common/msg.h:

common/peer.h:
