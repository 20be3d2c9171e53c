using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Spool.Cli;

/// <summary>How a command prints its result.</summary>
enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>Shows the status of an index.</summary>
/// <param name="status">The status.</param>
sealed class IndexStatusView(IndexStatus status)
{
    public void Write(Stream output, OutputFormat format)
    {
        if (format == OutputFormat.Json)
            JsonOutput.Write(output, WriteJson);
        else
            output.Write(Encoding.UTF8.GetBytes(Text()));
    }

    void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, status.Path);
        writer.WriteNumber("formatVersion"u8, status.FormatVersion);
        writer.WriteNumber("sizeBytes"u8, status.SizeBytes);
        writer.WriteNumber("rollouts"u8, status.Rollouts);
        writer.WriteNumber("indexed"u8, status.Indexed);
        writer.WriteNumber("pending"u8, status.Pending);
        writer.WriteNumber("threads"u8, status.Threads);
        writer.WriteNumber("problems"u8, status.Problems);
        writer.WriteString("inMemoryBecause"u8, status.InMemoryBecause);
        writer.WriteEndObject();
    }

    string Text() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Index      {(status.InMemoryBecause is null ? "" : "in memory, not in ")}{SafeText.OneLine(status.Path, 4096)}
            Format     {status.FormatVersion}
            Size       {Sizes.Of(status.SizeBytes)}
            Rollouts   {status.Rollouts:N0}
            Indexed    {status.Indexed:N0}
            Pending    {status.Pending:N0}
            Threads    {status.Threads:N0}
            Problems   {status.Problems:N0}

            """
        );
}
