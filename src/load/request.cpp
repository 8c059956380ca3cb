#include "load/request.h"

#include <fmt/format.h>

#include "load/png.h"
#include "wire/oip.h"

namespace paragon {
namespace {

Result<oip::InferRequest> protocol_request(const LabelledPicture& picture, BodyForm form,
                                           const std::string& input) {
  oip::Tensor tensor;
  tensor.name = input;
  if (form == BodyForm::binary) {
    tensor.type = oip::DataType::bytes;
    tensor.shape = {1};
    tensor.data = oip::bytes_data({*picture.bytes});
  } else {
    auto pixels = decode_png_rgb(*picture.bytes);
    if (!pixels) {
      return {ErrorCode::invalid, "only PNG pictures can be sent as pixels: " +
                                      pixels.error().message + "; send them raw or binary"};
    }
    tensor.type = oip::DataType::uint8;
    tensor.shape = {pixels->height, pixels->width, 3};
    tensor.data = std::move(pixels->bytes);
  }
  oip::InferRequest request;
  request.inputs.push_back(std::move(tensor));
  return request;
}

}  // namespace

Result<BodyForm> body_form(const std::string& name) {
  if (name == "raw") return BodyForm::raw;
  if (name == "json") return BodyForm::json;
  if (name == "binary") return BodyForm::binary;
  if (name == "tensor") return BodyForm::tensor;
  return {ErrorCode::invalid, fmt::format("--body {}: takes raw, json, binary or tensor", name)};
}

Result<std::vector<PictureRequest>> make_requests(const LabelledPictures& pictures, BodyForm form,
                                                  const std::string& input) {
  std::vector<PictureRequest> requests;
  requests.reserve(pictures.size());
  for (const LabelledPicture& picture : pictures) {
    PictureRequest made;
    made.label = picture.label;
    if (form == BodyForm::raw) {
      made.body = picture.bytes;
      made.headers.add("content-type", picture.content_type);
    } else {
      auto request = protocol_request(picture, form, input);
      if (!request) return request.error();
      oip::Encoded encoded = oip::render_request(*request, form != BodyForm::json);
      made.body = std::make_shared<const std::string>(std::move(encoded.body));
      made.headers.add("content-type", encoded.content_type);
      if (encoded.json_length > 0) {
        made.headers.add(oip::kJsonLength, fmt::format("{}", encoded.json_length));
      }
    }
    requests.push_back(std::move(made));
  }
  return requests;
}

}  // namespace paragon
