/// The command line: `mote inspect`, `compile`, `run`, `verify`, `bench`, `targets`, `errors`.
///
/// [Mote] is the entry. Results go to standard output, talk and progress to standard error;
/// `--json` makes every result one JSON document. Exit codes: 0 done, 1 bad input, 2 wrong usage,
/// 70 a defect of Mote.
///
/// ```java
/// int exitCode = Mote.run(out, err, "inspect", "kws.tflite", "--json");
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.cli;
