/// CoAP of the smallest kind (RFC 7252, block-wise options of RFC 7959, Observe of RFC 7641): a
/// message and its bytes. It shares no code with the server's stack, so that one cannot hide the
/// other's mistakes.
///
/// ```java
/// CoapMessage get = CoapMessage.request(CoapMessage.CON, CoapMessage.GET, 7, token).path("rd");
/// byte[] datagram = get.bytes();
/// Optional<CoapMessage> read = CoapMessage.parse(ByteBuffer.wrap(datagram));
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.fleet.coap;
