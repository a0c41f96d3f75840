/// Reads the parameters of lightweight networks with a published form: Bonsai, ProtoNN and
/// FastGRNN.
///
/// The parameters are arrays of NumPy in one archive (`.npz`, or a zipped folder of `.npy` files),
/// called as EdgeML's training scripts call them; which of them there are says which network it is.
@NullMarked
package dev.mote.frontends.recipe;

import org.jspecify.annotations.NullMarked;
