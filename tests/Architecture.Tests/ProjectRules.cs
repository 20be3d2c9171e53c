using System.Xml.Linq;
using Xunit;

namespace Architecture.Tests;

/// <summary>Which project may refer to which.</summary>
public sealed class ProjectRules
{
    static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Spool"] = [],
        ["Spool.Local"] = ["Spool"],
        ["Spool.Contracts"] = ["Spool"],
        ["Spool.Remote"] = ["Spool", "Spool.Contracts"],
        ["Spool.Server"] = ["Spool", "Spool.Contracts"],
        ["Spool.Cli"] = ["Spool", "Spool.Local", "Spool.Remote", "Spool.Server"],
        ["Spool.TestKit"] = ["Spool"],
    };

    [Fact]
    public void Projects_refer_to_each_other_only_along_the_documented_arrows()
    {
        foreach (var project in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Arrows.TryGetValue(name, out var allowed), $"{name} is not among the documented projects.");
            Assert.Empty(References(project).Except(allowed));
        }
    }

    [Fact]
    public void The_core_needs_no_package()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", "Spool", "Spool.csproj"));

        Assert.Empty(project.Descendants("PackageReference"));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Spool.slnx"));
        string[] folders = ["src", "tests"];
        var projects = folders.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)
        );

        Assert.All(projects, project => Assert.Contains(Repository.Name(project).Replace('\\', '/'), solution, StringComparison.Ordinal));
    }

    static IEnumerable<string> References(string project) =>
        XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
