/// Makes the project's own model: a small convolutional network that tells pictures of clothes.
///
/// [TrainFashionMnist] runs the whole way: [Training] fits a float network with DJL, [Calibration]
/// watches how large its values become, [QuantizedModel] writes it as int8 in TFLite's format, and
/// [Accuracy] runs the result on every test picture.
@org.jspecify.annotations.NullMarked
package dev.mote.example.fashion;
