// A folder of ONNX networks as a catalog: what a network's file says of itself, and what the user
// adds.
//
// Layout, size and channels are read from the shape of the input; the family is the file's name
// without `.int8`, `.fp16` or the like, so that the reduced precisions of a network are linked.
// What no file tells (how pixels become numbers, whether the outputs are logits) comes from flags
// or from a models.csv beside the networks, a line a file: columns of docs/catalog.md such as mean,
// std, channel_order, softmax, family; others are ignored.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "worker/model_session.h"

namespace paragon::profile {

struct FolderSettings {
  std::string task;  // empty: the folder's name
  std::vector<std::string> labels;
  InputKind input = InputKind::image;
  std::vector<float> mean;                   // empty: 0
  std::vector<float> std;                    // empty: 1
  ChannelOrder colours = ChannelOrder::rgb;  // of networks with three channels
  bool softmax = false;
  double central_crop = 1;
  // Each network is first opened by this program, in a process of its own (lone_process.h): a file
  // that crashes the inference library ends that one only. Empty: it is not.
  std::string program;
};

struct FolderModels {
  Catalog::Parts parts;               // accuracy and profile are still made up
  std::vector<std::string> left_out;  // file: why
};

// Errors: no such folder, no network in it, none that can be used, a models.csv that cannot be
// read.
Result<FolderModels> read_model_folder(const std::string& folder, const FolderSettings& settings);

// From an input of four dimensions to how pictures go in. Error: what does not fit.
Result<Preprocessing> preprocessing_of(const TensorSpec& input, ChannelOrder colours);

struct NameParts {
  std::string family;
  std::string precision;  // fp32 where the name does not say
};
NameParts name_parts(const std::string& stem);  // "net.int8" -> net, int8

}  // namespace paragon::profile
