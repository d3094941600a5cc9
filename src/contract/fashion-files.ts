/** Where Debian's package dataset-fashion-mnist puts its files. */
const fashionFolder = '/usr/share/datasets/fashion-mnist';

/** Images and labels to train on fashion products with, as that package installs them (IDX). */
export const fashionFiles = {
  images: `${fashionFolder}/train-images-idx3-ubyte.gz`,
  labels: `${fashionFolder}/train-labels-idx1-ubyte.gz`,
};
