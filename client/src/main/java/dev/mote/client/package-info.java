/// A client of Mote's service.
///
/// [MoteClient] is the entry; everything it gives is an immutable record. What the service refuses
/// is a [ServiceProblem] with a `MOTE-nnnn` code. Requests are repeated where that is safe: when
/// the connection was lost, or the service says so. Lists are streams that fetch page after page.
///
/// ```java
/// MoteClient mote = MoteClient.at(URI.create("https://mote.example.com")).withToken(token);
/// Model model = mote.models().add("kws", "wake word", List.of());
/// ModelVersion version = mote.models().upload(model.name(), Path.of("kws.tflite"), "").value();
/// mote.devices().list("tag.site==berlin").forEach(device -> System.out.println(device.name()));
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.client;
