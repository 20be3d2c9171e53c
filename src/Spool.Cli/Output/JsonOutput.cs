using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool.Cli;

/// <summary>Prints JSON: one value on one line.</summary>
static class JsonOutput
{
    /// <summary>How JSON is written: readable text stays readable.</summary>
    public static JsonWriterOptions Options { get; } =
        new()
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = false,
            MaxDepth = 2000,
        };

    /// <summary>Prints a value and a line end, in one write: where messages go to the same file, none is inside a line.</summary>
    public static void Write(Stream output, Action<Utf8JsonWriter> value)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line, Options))
            value(writer);
        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
    }
}
