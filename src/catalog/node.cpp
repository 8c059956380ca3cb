#include "catalog/node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catalog/complaints.h"

namespace paragon {
namespace {

constexpr std::uintmax_t kLargest = 16u << 20;
constexpr int kDeepest = 20;
constexpr std::size_t kMostNodes = 200'000;

struct Trouble {
  int line;
  std::string text;
};

// yaml-cpp counts lines from 0 and marks generated nodes with -1.
int line_of(const YAML::Mark& mark) { return mark.line >= 0 ? mark.line + 1 : 0; }

Node convert(const YAML::Node& yaml, int depth, std::size_t& budget) {
  Node node;
  node.line = line_of(yaml.Mark());
  if (depth > kDeepest)
    throw Trouble{node.line, fmt::format("nested deeper than {} levels", kDeepest)};
  if (budget-- == 0) throw Trouble{node.line, "too large: more than 200,000 values"};
  switch (yaml.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      break;
    case YAML::NodeType::Scalar:
      node.kind = Node::Kind::text;
      node.text = yaml.Scalar();
      break;
    case YAML::NodeType::Sequence:
      node.kind = Node::Kind::list;
      for (const auto& item : yaml) node.items.push_back(convert(item, depth + 1, budget));
      break;
    case YAML::NodeType::Map:
      node.kind = Node::Kind::map;
      for (const auto& field : yaml) {
        const int line = line_of(field.first.Mark());
        if (!field.first.IsScalar()) throw Trouble{line, "a key must be a plain word"};
        const std::string& key = field.first.Scalar();
        if (const Node* first = node.find(key))
          throw Trouble{line, fmt::format("{}: given twice, first in line {}", key, first->line)};
        node.fields.push_back({key, convert(field.second, depth + 1, budget)});
        // The key's line is where a person looks for the field.
        node.fields.back().value.line = line;
      }
      break;
  }
  return node;
}

}  // namespace

const Node* Node::find(const std::string& name) const {
  for (const auto& [key, value] : fields)
    if (key == name) return &value;
  return nullptr;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::empty:
      return "nothing";
    case Node::Kind::text:
      return in_quotes(node.text);
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "nothing";
}

Result<std::string> read_text(const std::string& file) {
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure))
    return {ErrorCode::invalid, file + ": is a folder, expected a file"};
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return {ErrorCode::not_found, fmt::format("{}: cannot be read: {}", file, strerror(errno))};
  std::string text;
  char piece[1 << 16];
  while (in.read(piece, sizeof piece), in.gcount() > 0) {
    text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLargest)
      return {ErrorCode::invalid, file + ": larger than 16 MB, which no catalog or mix is"};
  }
  if (text.find('\0') != std::string::npos)
    return {ErrorCode::invalid, file + ": not a text file (it holds NUL bytes)"};
  return text;
}

namespace {

// Where the documents of a text begin, of two at most: that there is a second one is all that
// matters, and yaml-cpp finds no end of them where a text begins with a comma.
class DocumentStarts final : public YAML::EventHandler {
 public:
  explicit DocumentStarts(const std::string& text) {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (marks_.size() < 2 && parser.HandleNextDocument(*this)) {
    }
  }
  const std::vector<YAML::Mark>& marks() const { return marks_; }

 private:
  void OnDocumentStart(const YAML::Mark& mark) override { marks_.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  std::vector<YAML::Mark> marks_;
};

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Result<Node> read_yaml(const std::string& file) {
  Result<std::string> text = read_text(file);
  if (!text) return text.error();
  try {
    const YAML::Node document = YAML::Load(*text);
    if (!document.IsDefined() || document.IsNull())
      return {ErrorCode::invalid, file + ": is empty, expected a YAML map"};
    if (const DocumentStarts starts(*text); starts.marks().size() > 1)
      return {ErrorCode::invalid, fmt::format("{}:{}: a second YAML document, expected one", file,
                                              line_of(starts.marks()[1]))};
    std::size_t budget = kMostNodes;
    Node node = convert(document, 0, budget);
    if (!node.is(Node::Kind::map))
      return {ErrorCode::invalid, fmt::format("{}:{}: got {}, expected a YAML map (key: value)",
                                              file, node.line, describe(node))};
    return node;
  } catch (const Trouble& trouble) {
    return {ErrorCode::invalid, fmt::format("{}:{}: {}", file, trouble.line, trouble.text)};
  } catch (const YAML::Exception& e) {
    return {ErrorCode::invalid,
            fmt::format("{}:{}: not readable as YAML: {}", file, line_of(e.mark), e.msg)};
  }
}

}  // namespace paragon
