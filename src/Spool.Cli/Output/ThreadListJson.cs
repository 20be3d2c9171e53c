using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of <c>list</c>.</summary>
/// <param name="page">The page.</param>
/// <param name="paths">The files of its threads.</param>
sealed class ThreadListJson(Page<StoredThread> page, IReadOnlyDictionary<ThreadId, string> paths)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("threads"u8);
        foreach (var thread in page.Items)
            ThreadJson.Write(writer, thread, paths.GetValueOrDefault(thread.Id));
        writer.WriteEndArray();
        writer.WriteString("nextCursor"u8, page.NextCursor);
        if (page.Problems.Count > 0)
            WriteProblems(writer);
        writer.WriteEndObject();
    }

    void WriteProblems(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("problems"u8);
        foreach (var problem in page.Problems)
        {
            writer.WriteStartObject();
            writer.WriteString("place"u8, problem.Place);
            writer.WriteString("reason"u8, problem.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
