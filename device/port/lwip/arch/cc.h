/* What lwIP asks of a compiler and a platform. */
#ifndef MOTE_LWIP_CC_H
#define MOTE_LWIP_CC_H

#include <stdint.h>

uint32_t mote_lwip_random(void);

#define LWIP_RAND() mote_lwip_random()
#define LWIP_NOASSERT 1
#define LWIP_PLATFORM_DIAG(message)
#define LWIP_PLATFORM_ASSERT(message)
#define LWIP_NO_CTYPE_H 1
#define BYTE_ORDER LITTLE_ENDIAN
#ifndef LITTLE_ENDIAN
#define LITTLE_ENDIAN 1234
#define BIG_ENDIAN 4321
#endif

#endif
