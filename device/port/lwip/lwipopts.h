/* What of lwIP 2.1 is built: UDP over IPv4 and Ethernet, with an address by DHCP; no operating system, and no heap but a fixed one. */
#ifndef MOTE_LWIPOPTS_H
#define MOTE_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 1
#define LWIP_RAW 0
#define LWIP_TCP 0
#define LWIP_UDP 1
#define LWIP_DHCP 1
#define LWIP_AUTOIP 0
#define LWIP_IGMP 0
#define LWIP_DNS 0
#define LWIP_STATS 0
#define DHCP_DOES_ARP_CHECK 0
#define IP_FRAG 0
#define IP_REASSEMBLY 0

#define MEM_ALIGNMENT 4
#define MEM_LIBC_MALLOC 0
#define MEM_SIZE (6 * 1024)
#define MEMP_NUM_UDP_PCB 3
#define PBUF_POOL_SIZE 6
#define ARP_TABLE_SIZE 4
#define LWIP_NETIF_TX_SINGLE_PBUF 1

#endif
