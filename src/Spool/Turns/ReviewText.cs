using System.Text.Json;

namespace Spool;

/// <summary>Writes a review as text.</summary>
static class ReviewText
{
    public static string OfRequest(JsonElement review) => review.Text("user_facing_hint") ?? "Review requested.";

    public static string OfOutput(JsonElement output)
    {
        var sections = new List<string>();
        if (output.Text("overall_explanation")?.Trim() is { Length: > 0 } explanation)
            sections.Add(explanation);
        var findings = output.Array("findings").ToList();
        if (findings.Count > 0)
            sections.Add(
                string.Join('\n', findings.SelectMany(Lines).Prepend(findings.Count > 1 ? "Full review comments:" : "Review comment:"))
            );
        return sections.Count == 0 ? "Reviewer failed to output a response." : string.Join("\n\n", sections);
    }

    static IEnumerable<string> Lines(JsonElement finding)
    {
        var location = finding.Member("code_location");
        var lines = location.Member("line_range");
        yield return "";
        yield return $"- {finding.Text("title")} — {location.Text("absolute_file_path")}:{lines.Number("start") ?? 0}-{lines.Number("end") ?? 0}";
        if (finding.Text("body") is { Length: > 0 } body)
        {
            foreach (var line in body.TrimEnd('\n').Split('\n'))
                yield return "  " + line.TrimEnd('\r');
        }
    }
}
