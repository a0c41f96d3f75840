/// Values of resources and how they travel: plain text, opaque, TLV, SenML in CBOR and the list of
/// links (OMA LightweightM2M 1.1 Core, section 7.4).
///
/// ```java
/// List<Entry> values = List.of(Entry.of(3, 0, 0, "Example"));
/// byte[] payload = Format.SENML_CBOR.encode(values, 3);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.fleet.content;
