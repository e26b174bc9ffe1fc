/** VitePress's own theme, with colours that have enough contrast. */
import DefaultTheme from "vitepress/theme";
import "./style.css";

export default DefaultTheme;
