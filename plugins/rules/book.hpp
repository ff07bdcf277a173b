#pragma once
// The rules that are switched on, understood and kept until they change.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "question.hpp"

namespace podium::rules {

using QuestionPtr = std::shared_ptr<Question>;

/// One thread at a time.
class Book {
 public:
  Book(PluginContext& context, const Ids& ids) : context_(context), ids_(ids) {}

  /// Brings up to date what is known: `changed` rules are read again. `names`: projects or queues
  /// changed, which filters name. The first call reads all.
  void refresh(const Reader&, std::int64_t now, std::span<const Ordinal> changed, bool names);
  void forget() { read_ = false; }

  /// Null when the rule is not on, or its filter cannot be read any more.
  QuestionPtr find(Ordinal rule) const;
  const std::map<Ordinal, QuestionPtr>& all() const noexcept { return questions_; }
  /// Those that look at a project's tasks.
  const std::vector<QuestionPtr>& of_project(Ordinal project);
  /// What they all read of a task; the first columns are `project`, `active` and `updated`.
  const Columns& columns() const noexcept { return columns_; }
  /// Rules whose filter cannot be read any more (with the reason), or can be again (without):
  /// told until the rule says so itself.
  struct News {
    std::int64_t watch;
    std::string why;
  };
  const std::map<Ordinal, News>& news() const noexcept { return news_; }

  enum : std::size_t { project, active, updated };

 private:
  void understand(Rule, std::int64_t now);
  void index();

  PluginContext& context_;
  const Ids& ids_;
  bool read_ = false;
  std::map<Ordinal, QuestionPtr> questions_;
  std::map<Ordinal, Rule> unread_;  ///< on, but not understood at present
  std::map<Ordinal, News> news_;
  Columns columns_;
  std::map<Ordinal, std::vector<QuestionPtr>> of_project_;
};

}  // namespace podium::rules
