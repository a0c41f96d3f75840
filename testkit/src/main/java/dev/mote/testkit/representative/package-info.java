/// Models built in code that look like those that people bring: the shapes and operators of known
/// architectures, with random weights.
///
/// ```java
/// for (RepresentativeModel model : RepresentativeModels.all()) {
///   Graph graph = model.graph();
/// }
/// ```
@NullMarked
package dev.mote.testkit.representative;

import org.jspecify.annotations.NullMarked;
