// Pictures as requests: made once, shared by every query that asks about the same picture.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "load/picture.h"
#include "wire/http.h"

namespace paragon {

// How a picture travels.
enum class BodyForm {
  raw,     // the file itself as the body
  json,    // its pixels as a UINT8 tensor [height, width, 3] in JSON
  binary,  // the file as one BYTES element, by the binary tensor extension
  tensor,  // its pixels as a UINT8 tensor [height, width, 3], by the binary tensor extension
};
Result<BodyForm> body_form(const std::string& name);

struct PictureRequest {
  std::shared_ptr<const std::string> body;
  http::Headers headers;  // content-type, and the length of the JSON part where there is one
  std::string label;
};

// `input` names the tensor. Errors: invalid for pixels of a file that is not a PNG.
Result<std::vector<PictureRequest>> make_requests(const LabelledPictures& pictures, BodyForm form,
                                                  const std::string& input);

}  // namespace paragon
