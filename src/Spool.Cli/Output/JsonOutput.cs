using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool.Cli;

/// <summary>Prints JSON: one value on one line.</summary>
static class JsonOutput
{
    /// <summary>How JSON is written: readable text stays readable.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false, MaxDepth = 2000 };

    /// <summary>Prints a value and a line end.</summary>
    public static void Write(Stream output, Action<Utf8JsonWriter> value)
    {
        using (var writer = new Utf8JsonWriter(output, Options))
            value(writer);
        output.WriteByte((byte)'\n');
    }
}
