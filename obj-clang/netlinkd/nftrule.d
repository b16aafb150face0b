obj-clang/netlinkd/nftrule.o: netlinkd/nftrule.c netlinkd/nft.h \
  common/vrrpd.h

netlinkd/nft.h:

common/vrrpd.h:
