# A line of JSON on standard input for each question, one for its answer. `desk` has a method for each.
require "json"

def answer_questions(desk)
  # What the application prints is not an answer.
  answers = $stdout.dup
  $stdout.reopen($stderr)
  $stdin.each_line do |line|
    question = JSON.parse(line, symbolize_names: true)
    begin
      told = { answer: desk.public_send(question.delete(:do), **question) }
    rescue StandardError => error
      told = { failed: "#{error.class}: #{error.message}\n#{error.backtrace.first(20).join("\n")}" }
    end
    answers.write("\n\x1e#{JSON.generate(told)}\n")
    answers.flush
  end
end
