/// Load: devices that do nothing but send prepared datagrams and read answers, so that one core of
/// a generator is enough for what a server can do. They do what is measured and nothing else;
/// [dev.mote.fleet.Fleet] has devices that behave.
///
/// ```java
/// try (LoadGenerator load = LoadGenerator.open(server, 10_000, "load-", 256)) {
///   Figures registered = load.register();
/// }
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.fleet.load;
