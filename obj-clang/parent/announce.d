obj-clang/parent/announce.o: parent/announce.c parent/announce.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h common/payload.h \
  common/msg.h parent/frames.h common/log.h

parent/announce.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

common/payload.h:

common/msg.h:

parent/frames.h:

common/log.h:
