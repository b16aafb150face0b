obj-clang/netlinkd/sysctl.o: netlinkd/sysctl.c netlinkd/internal.h \
  conf/conf.h common/addr.h conf/route.h common/vrrpd.h \
  netlinkd/ledger.h common/log.h netlinkd/netlinkd.h common/payload.h \
  common/msg.h

netlinkd/internal.h:

conf/conf.h:

common/addr.h:

conf/route.h:

common/vrrpd.h:

netlinkd/ledger.h:

common/log.h:

netlinkd/netlinkd.h:

common/payload.h:

common/msg.h:
