/// How datagrams of thousands of devices get onto the network: [Loop], a thread that waits for the
/// sockets of many devices and for their timers; [Line], the way of one device to its server, over
/// UDP or DTLS; and [Network], what such a way does to datagrams.
@org.jspecify.annotations.NullMarked
package dev.mote.fleet.line;
