namespace Architecture.Tests;

/// <summary>The files of the repository, for tests that read them.</summary>
static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Sources(params string[] folders) =>
        folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "artifacts"));

    /// <summary>Gets the pages of documentation: those of the root and of <c>docs</c>.</summary>
    public static IEnumerable<string> Pages =>
        Directory
            .EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories));

    public static string Name(string file) => Path.GetRelativePath(Root, file);

    static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Spool.slnx")))
            directory = directory.Parent ?? throw new InvalidOperationException("The root of the repository was not found.");
        return directory.FullName;
    }
}
