obj-clang/parent/resume.o: parent/resume.c parent/../netlinkd/netlinkd.h \
  common/addr.h conf/conf.h conf/route.h common/vrrpd.h common/payload.h \
  common/msg.h common/mono.h parent/parent.h common/ctl.h conf/diff.h \
  parent/ident.h parent/limit.h common/log.h common/peer.h common/imsg.h

parent/../netlinkd/netlinkd.h:

common/addr.h:

conf/conf.h:

conf/route.h:

common/vrrpd.h:

common/payload.h:

common/msg.h:

common/mono.h:

parent/parent.h:

common/ctl.h:

conf/diff.h:

parent/ident.h:

parent/limit.h:

common/log.h:

common/peer.h:

common/imsg.h:
