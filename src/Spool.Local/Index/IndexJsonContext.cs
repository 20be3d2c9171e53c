using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The JSON in the index. It is private to one version of the index's format.</summary>
[JsonSerializable(typeof(CodexOverlay))]
sealed partial class IndexJsonContext : JsonSerializerContext
{
    /// <summary>Gets the form that is stored: nulls are left out, and letters are not escaped.</summary>
    public static IndexJsonContext Compact { get; } =
        new(
            new JsonSerializerOptions
            {
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // no browser reads it
            }
        );
}
