using System.Security.Cryptography;

namespace Spool.Cli.Tests;

/// <summary>Every file and folder below a folder: name, time and content.</summary>
static class HomeSnapshot
{
    public static IReadOnlyList<string> Of(string home) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories)
                .Prepend(home)
                .Order(StringComparer.Ordinal)
                .Select(path =>
                    Directory.Exists(path)
                        ? $"{Path.GetRelativePath(home, path)}/ {Directory.GetLastWriteTimeUtc(path):O}"
                        : $"{Path.GetRelativePath(home, path)} {File.GetLastWriteTimeUtc(path):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"
                ),
        ];
}
