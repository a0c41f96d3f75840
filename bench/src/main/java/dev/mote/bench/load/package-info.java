/// Load on the server that devices register with: it in a process of its own ([ServerUnderLoad]),
/// and the devices in this one ([ServiceBench]).
@org.jspecify.annotations.NullMarked
package dev.mote.bench.load;
